"""Trains a tf.estimator that tells three cultivars of wine apart by 13 chemical measurements.

The data is scikit-learn's wine set, 178 wines. Needs TensorFlow 1: tf.estimator is gone from
TensorFlow 2.16 and later.

  python train.py --train_steps=200 --model_dir=wine
"""

from absl import app
from absl import flags
import numpy as np
from sklearn import datasets
import tensorflow as tf

flags.DEFINE_string("model_dir", None, "Folder of the checkpoints; a temporary one by default.")
flags.DEFINE_integer("train_steps", 200, "Number of training steps.")
flags.DEFINE_integer("batch_size", 32, "Wines in a batch.")
flags.DEFINE_list("hidden_units", ["16", "16"], "Units of each hidden layer.")
flags.DEFINE_float("learning_rate", 0.05, "Learning rate of Adagrad.")
flags.DEFINE_integer("seed", 1, "Seed of the initial weights and of the order of the wines.")

FLAGS = flags.FLAGS

NUM_CLASSES = 3
NUM_TEST_WINES = 38


def load_data():
  """Returns measurements, to mean 0 and deviation 1, and labels: for training and for testing."""
  wines = datasets.load_wine()
  measurements = (wines.data - wines.data.mean(axis=0)) / wines.data.std(axis=0)
  measurements = measurements.astype(np.float32)
  labels = wines.target.astype(np.int32)
  order = np.random.RandomState(0).permutation(len(labels))  # the file is sorted by label
  test, train = order[:NUM_TEST_WINES], order[NUM_TEST_WINES:]
  return (measurements[train], labels[train]), (measurements[test], labels[test])


def train_input_fn(measurements, labels, batch_size, seed):
  dataset = tf.data.Dataset.from_tensor_slices(({"measurements": measurements}, labels))
  return dataset.shuffle(len(labels), seed=seed).repeat().batch(batch_size)


def eval_input_fn(measurements, labels, batch_size):
  dataset = tf.data.Dataset.from_tensor_slices(({"measurements": measurements}, labels))
  return dataset.batch(batch_size)


def model_fn(features, labels, mode, params):
  """Builds a network of dense layers.

  Args:
    features: A dict with "measurements", a float32 tensor of shape `[batch, 13]`.
    labels: An int32 tensor of shape `[batch]` in [0, 3).
    mode: One of `tf.estimator.ModeKeys`.
    params: A dict with "feature_columns", "hidden_units" and "learning_rate".

  Returns:
    A `tf.estimator.EstimatorSpec`.
  """
  net = tf.feature_column.input_layer(features, params["feature_columns"])
  for units in params["hidden_units"]:
    net = tf.layers.dense(net, units, activation=tf.nn.relu)
  logits = tf.layers.dense(net, NUM_CLASSES)
  classes = tf.argmax(logits, axis=1)

  if mode == tf.estimator.ModeKeys.PREDICT:
    predictions = {"classes": classes, "probabilities": tf.nn.softmax(logits)}
    return tf.estimator.EstimatorSpec(mode, predictions=predictions)

  loss = tf.losses.sparse_softmax_cross_entropy(labels=labels, logits=logits)
  if mode == tf.estimator.ModeKeys.EVAL:
    metrics = {"accuracy": tf.metrics.accuracy(labels, classes)}
    return tf.estimator.EstimatorSpec(mode, loss=loss, eval_metric_ops=metrics)

  optimizer = tf.train.AdagradOptimizer(params["learning_rate"])
  train_op = optimizer.minimize(loss, global_step=tf.train.get_global_step())
  return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def main(_):
  tf.logging.set_verbosity(tf.logging.INFO)
  (train_x, train_y), (test_x, test_y) = load_data()
  estimator = tf.estimator.Estimator(
      model_fn=model_fn,
      model_dir=FLAGS.model_dir,
      config=tf.estimator.RunConfig(tf_random_seed=FLAGS.seed, log_step_count_steps=20),
      params={
          "feature_columns": [
              tf.feature_column.numeric_column("measurements", shape=[train_x.shape[1]])],
          "hidden_units": [int(units) for units in FLAGS.hidden_units],
          "learning_rate": FLAGS.learning_rate,
      })
  estimator.train(
      input_fn=lambda: train_input_fn(train_x, train_y, FLAGS.batch_size, FLAGS.seed),
      steps=FLAGS.train_steps)
  metrics = estimator.evaluate(
      input_fn=lambda: eval_input_fn(test_x, test_y, FLAGS.batch_size))
  tf.logging.info("test accuracy %.4f", metrics["accuracy"])


if __name__ == "__main__":
  app.run(main)
