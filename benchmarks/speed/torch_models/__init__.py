"""The six older models in PyTorch: `networks(hparams)` and `losses(networks, phase, inputs)`.

The networks, losses and updates are those of `modern.models`; hyper-parameters are the dictionary
of `hyperparameters.to_dict`, as PyTorch's interpreter need not have what the wings stand on.
`losses` gives `{network: scalar}` of those that a phase updates, each by the loss of its name.
"""
