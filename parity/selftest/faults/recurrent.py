"""Faults of embeddings and of recurrent networks."""

from parity.selftest.fault import Fault

FAULTS = [
    Fault("sequences.lstm", "gates by tanh", "_recurrent(_lstm())",
          '_recurrent(_lstm(recurrent_activation="tanh"))', 3, "logits", "activation",
          'activation="sigmoid"'),
    Fault("sequences.lstm", "another activation of the cell", "_recurrent(_lstm())",
          '_recurrent(_lstm(activation="relu"))', 3, "logits", "activation", 'activation="tanh"'),
    Fault("sequences.simple_rnn", "another activation", "layers.SimpleRNN(6, ",
          'layers.SimpleRNN(6, "relu", ', 3, "logits", "activation", 'activation="tanh"'),
    Fault("sequences.lstm", "read from the end", "_recurrent(_lstm())",
          "_recurrent(_lstm(go_backwards=True))", 3, "logits", "input's order",
          "the input as the reference takes it"),
    Fault("sequences.lstm_adam", "the output of the first step", "_lstm(), optimizer",
          "_lstm(return_sequences=True), lambda net: net[:, 0], optimizer", 3, "logits",
          "step of a sequence", "the step that the reference takes"),
    Fault("sequences.lstm", "the mean of all outputs", "_recurrent(_lstm())",
          "_recurrent(_lstm(return_sequences=True), layers.GlobalAveragePooling1D())", 3,
          "logits", "step of a sequence", "the step that the reference takes"),
    Fault("sequences.gru", "reset after the product", "reset_after=False", "reset_after=True", 1,
          "gru_cell", "structure"),
    Fault("sequences.language_model", "the bound on the norm of each", "global_clipnorm=0.2",
          "clipnorm=0.2", 8, "embedding", "clipping", "global_clipnorm=0.2"),
    Fault("sequences.language_model", "a rate a thousandth larger", "SGD(1.0", "SGD(1.001", 6,
          "embedding", "learning rate", "learning_rate=1"),
    Fault("sequences.embedding_adam", "rows that are used twice counted once each",
          "_summed(keras.optimizers.Adam)(", "keras.optimizers.Adam(", 6, "embedding",
          "not recognised")]
