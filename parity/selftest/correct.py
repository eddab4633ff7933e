"""The correct ports that the self-test verifies from several seeds."""

PORTS = [
    # Right ports in stock Keras, which differ in form or in rounding.
    "layers.batch_norm_fused", "layers.batch_norm_of_rows", "layers.bias_before_batch_norm",
    "layers.bias_before_fused_batch_norm", "layers.without_names", "layers.variables_without_names",
    "layers.activation_inside", "layers.activation_outside", "losses.softmax", "losses.sigmoid",
    "losses.huber", "losses.hinge", "losses.log", "losses.sparse_softmax_weighted",
    "optimizers.adam", "optimizers.momentum", "random_numbers.dropout",
    "random_numbers.dropouts_named_backwards", "random_numbers.gaussian_noise",
    "random_numbers.latent", "sequences.embedding_adam",
    "training.discriminator_first",
    # Right ports of the constructs that the catalogue of causes lists.
    "activations.batch_norm_without_training", "activations.gelu", "activations.group_norm",
    "images.channels_first", "images.residual", "images.resized_by_lines",
    "attention.self_attention", "conditional.label_embeddings", "spectral.one_iteration",
    "spectral.convolution",
    "layers.average_pooling_same", "layers.leaky_relu", "layers.transposed_convolution",
    "losses.half_l2", "losses.softmax_smoothed", "masked_words.masked_words",
    "optimizers.nesterov",
    "optimizers.rmsprop_centered", "sequences.embedding_clipped", "sequences.embedding_momentum",
    "sequences.embedding_rmsprop", "sequences.gru", "sequences.lstm", "sequences.lstm_clipped",
    "sequences.lstm_cell", "training.accumulated",
    "training.averaged_weights", "training.clip_by_global_norm", "training.momentum_on_a_schedule",
    "training.piecewise_constant", "training.staircase", "updates.average_of_many_steps",
    "translation.pooled", "two_batches.fused", "two_batches.generated_first",
    "two_batches.real_first",
    "updates.decoupled_decay", "updates.gradient_penalty",
    "updates.stopped_gradient", "updates.ungated"]
