"""Faults of a language model like BERT: its own Adam, clipping over tables, warm-up, GELU."""

from parity.selftest.fault import Fault

_PAIR = "masked_words.masked_words"
_TABLE = "words/embeddings"
_ADAM = "hand-written Adam"
_ROOT = "(ops.sqrt(v) + 1e-6)"
_ADAMW = """type("Dense", (keras.optimizers.AdamW,), {"apply": lambda self, grads, variables: (
            keras.optimizers.AdamW.apply(self, [tf.convert_to_tensor(each) for each in grads],
                                         variables))})(
            WarmUp(), weight_decay=0.01, epsilon=1e-6, global_clipnorm=0.1)
        self.optimizer.exclude_from_weight_decay(var_names=["bias"])"""

FAULTS = [
    Fault(_PAIR, "norms of each use of a row", "[tf.convert_to_tensor(each) for each in grads]",
          "list(grads)", 5, _TABLE, "clipping",
          "tf.clip_by_global_norm after tf.convert_to_tensor"),
    Fault(_PAIR, "no clipping", "WarmUp(), global_clipnorm=0.1", "WarmUp()", 5, _TABLE, "clipping",
          "global_clipnorm=0.1"),
    Fault(_PAIR, "Keras's AdamW", "UncorrectedAdam()\n", _ADAMW + "\n", 8, _TABLE, _ADAM,
          "m / (sqrt(v) + epsilon)"),
    Fault(_PAIR, "moments that are corrected", "update = m / " + _ROOT,
          "count = ops.cast(self.iterations + 1, m.dtype)\n        update = m / (1 - 0.9 ** count) "
          "/ (ops.sqrt(v / (1 - 0.999 ** count)) + 1e-6)", 8, _TABLE, _ADAM,
          "m / (sqrt(v) + epsilon)"),
    Fault(_PAIR, "Keras's epsilon", "1e-6", "1e-7", 8, _TABLE, _ADAM, "epsilon=1e-06"),
    Fault(_PAIR, "epsilon below the root", _ROOT, "ops.sqrt(v + 1e-6)", 8, _TABLE, _ADAM,
          "sqrt(v) + epsilon"),
    Fault(_PAIR, "another beta_2", "0.999 * v + 0.001", "0.99 * v + 0.01", 7, _TABLE, _ADAM,
          "beta_2=0.999"),
    Fault(_PAIR, "no decay", "update += 0.01 * variable", "pass", 8, _TABLE, _ADAM,
          "weight_decay=0.01"),
    Fault(_PAIR, "a tenth of the decay", "update += 0.01", "update += 0.001", 8, _TABLE, _ADAM,
          "weight_decay=0.01"),
    Fault(_PAIR, "biases that decay, too", 'if "bias" not in self._trainable_variables[index].path',
          "if True", 8, "transform/bias", _ADAM, "exclude_from_weight_decay"),
    Fault(_PAIR, "a rate that is read after its count is raised", 'ops.cast(step, "float32")',
          'ops.cast(step + 1, "float32")', 6, "", "schedule's count",
          "the schedule of optimizer.iterations"),
    Fault(_PAIR, "a warm-up of five steps", "step < 4.0, 0.01 * step / 4.0",
          "step < 5.0, 0.01 * step / 5.0", 8, "", "not recognised"),
    Fault(_PAIR, "GELU by the error function", "approximate=True", "approximate=False", 3,
          "transform", "activation",
          "activation=lambda x: keras.activations.gelu(x, approximate=True)")]
