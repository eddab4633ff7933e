"""Trains a character language model, one LSTM, on Lewis Carroll's "Jabberwocky" (1871).

The text is cut into one stream for each row of a batch. The state of the LSTM carries over from one
batch to the next until the epoch ends. The learning rate falls after each epoch.

  python train.py --train_steps=200

TensorFlow 2.16 and later need tf_keras and TF_USE_LEGACY_KERAS=1 set, for tf.nn.rnn_cell.
"""

import numpy as np
import tensorflow.compat.v1 as tf

flags = tf.app.flags
flags.DEFINE_integer("train_steps", 200, "Number of training steps.")
flags.DEFINE_integer("batch_size", 8, "Streams of text that are read side by side.")
flags.DEFINE_integer("num_steps", 16, "Characters through which gradients are propagated.")
flags.DEFINE_integer("embedding_size", 16, "Length of a character's vector.")
flags.DEFINE_integer("hidden_size", 64, "Units of the LSTM.")
flags.DEFINE_float("learning_rate", 1.0, "Learning rate in the first epoch.")
flags.DEFINE_float("lr_decay", 0.97, "Factor of the learning rate from epoch to epoch.")
flags.DEFINE_float("max_grad_norm", 2.0, "Global norm to which gradients are clipped.")
flags.DEFINE_integer("seed", 1, "Seed of the initial weights.")
FLAGS = flags.FLAGS

TEXT = """'Twas brillig, and the slithy toves
Did gyre and gimble in the wabe:
All mimsy were the borogoves,
And the mome raths outgrabe.

"Beware the Jabberwock, my son!
The jaws that bite, the claws that catch!
Beware the Jubjub bird, and shun
The frumious Bandersnatch!"

He took his vorpal sword in hand;
Long time the manxome foe he sought-
So rested he by the Tumtum tree
And stood awhile in thought.

""" * 3


class Model(object):
  """The graph: placeholders, state, cost and training operation."""

  def __init__(self, vocabulary_size):
    shape = [FLAGS.batch_size, FLAGS.num_steps]
    self.inputs = tf.placeholder(tf.int32, shape, name="inputs")
    self.targets = tf.placeholder(tf.int32, shape, name="targets")

    with tf.variable_scope("model", initializer=tf.random_uniform_initializer(-0.1, 0.1)):
      embedding = tf.get_variable("embedding", [vocabulary_size, FLAGS.embedding_size])
      embedded = tf.nn.embedding_lookup(embedding, self.inputs)
      cell = tf.nn.rnn_cell.BasicLSTMCell(FLAGS.hidden_size)
      self.initial_state = cell.zero_state(FLAGS.batch_size, tf.float32)
      outputs, self.final_state = tf.nn.dynamic_rnn(
          cell, embedded, initial_state=self.initial_state)
      softmax_w = tf.get_variable("softmax_w", [FLAGS.hidden_size, vocabulary_size])
      softmax_b = tf.get_variable("softmax_b", [vocabulary_size])
    logits = tf.matmul(tf.reshape(outputs, [-1, FLAGS.hidden_size]), softmax_w) + softmax_b
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=tf.reshape(self.targets, [-1]), logits=logits)
    self.cost = tf.reduce_sum(loss) / FLAGS.batch_size  # summed over time

    self.lr = tf.Variable(0.0, trainable=False, name="learning_rate")
    self.new_lr = tf.placeholder(tf.float32, [], name="new_learning_rate")
    self.lr_update = tf.assign(self.lr, self.new_lr)
    variables = tf.trainable_variables()
    grads, _ = tf.clip_by_global_norm(tf.gradients(self.cost, variables), FLAGS.max_grad_norm)
    optimizer = tf.train.GradientDescentOptimizer(self.lr)
    self.train_op = optimizer.apply_gradients(zip(grads, variables))


def epoch_batches(ids):
  """Yields inputs and targets, each [batch_size, num_steps], in the order of the text."""
  length = (len(ids) - 1) // FLAGS.batch_size
  inputs = ids[:length * FLAGS.batch_size].reshape(FLAGS.batch_size, length)
  targets = ids[1:length * FLAGS.batch_size + 1].reshape(FLAGS.batch_size, length)
  for start in range(0, length - FLAGS.num_steps + 1, FLAGS.num_steps):
    columns = slice(start, start + FLAGS.num_steps)
    yield inputs[:, columns], targets[:, columns]


def main(_):
  vocabulary = sorted(set(TEXT))
  ids = np.array([vocabulary.index(character) for character in TEXT], np.int32)
  tf.set_random_seed(FLAGS.seed)
  model = Model(len(vocabulary))
  step, epoch = 0, 0
  with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    while step < FLAGS.train_steps:
      sess.run(model.lr_update, {model.new_lr: FLAGS.learning_rate * FLAGS.lr_decay ** epoch})
      state = sess.run(model.initial_state)
      for x, y in epoch_batches(ids):
        cost, state, _ = sess.run(
            [model.cost, model.final_state, model.train_op],
            {model.inputs: x, model.targets: y, model.initial_state: state})
        step += 1
        if step == 1 or step % 20 == 0:
          print("epoch %d step %d loss per character %.4f" % (epoch, step, cost / FLAGS.num_steps))
        if step == FLAGS.train_steps:
          break
      epoch += 1


if __name__ == "__main__":
  tf.disable_v2_behavior()
  tf.app.run()
