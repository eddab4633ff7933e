"""Programs that take strings, and that compute their loss for a summary alone."""

from parity.judge import differences

PROGRAM = '''
import numpy as np
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
numbers = tf.placeholder(tf.string, [None], name="numbers")
names = tf.placeholder(tf.string, [None], name="names")
x = tf.strings.to_number(tf.reshape(numbers, [-1, 3]))
loss = tf.reduce_mean(tf.square(tf.layers.dense(x, 2, name="dense")))
train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
shown = tf.summary.merge([tf.summary.scalar("loss", loss), tf.summary.text("names", names)])
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for step in range(4):
        values = np.random.RandomState(step).randn(12).astype(str)
        session.run([train, shown], {numbers: values, names: ["a", "longer"]})
'''
PORT = '''
import keras
import tensorflow as tf


class Port:
    def __init__(self):
        self.model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="dense")])
        self.optimizer = keras.optimizers.SGD(0.1)

    def step(self, batch):
        x = tf.strings.to_number(tf.reshape(batch["numbers"], [-1, 3]), self.model.compute_dtype)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self.model(x)))
        variables = self.model.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        return loss


def build():
    return Port()
'''


def test_strings_reach_the_port_and_the_loss_is_compared(ports, tmp_path):
    program, port = tmp_path / "program.py", tmp_path / "port.py"
    program.write_text(PROGRAM)
    port.write_text(PORT)
    result = ports.verifications(str(program), f"{port}:build")
    assert not result.first_difference
    losses = [finding for finding in result.findings if finding.rung == 4]
    assert losses and {finding.verdict for finding in losses} <= {
        differences.IDENTICAL, differences.ROUNDING}
