"""D1's code with some rows' repairs made in its text, so that a test sees one defect alone."""

from legacy import training  # before TensorFlow: sets how tf.layers is found
import numpy as np
import tensorflow.compat.v1 as tf

from groundwork import hyperparameters
from groundwork import initial_weights
from groundwork.data.batches import Batches
from tests.errata.documents import D1, execute
from tests.errata.graphs import run

# {row: [(the document's text, its smallest repair)]}
REPAIRS = {
    15: [("def discriminator_model():\n    input_layer = Input(shape=(100,))",
          "def discriminator_model():\n    input_layer = Input(shape=(1,))")],
    16: [("real_data[_ % len(real_data)].numpy()",
          "real_data[_ * batch_size:(_ + 1) * batch_size]")],
    18: [("    optimizer = tf.keras.optimizers.Adam(learning_rate=0.0002, beta_1=0.5)",
          "    optimizer = tf.keras.optimizers.Adam(learning_rate=0.0002, beta_1=0.5)\n"
          "    disc_optimizer = tf.keras.optimizers.Adam(learning_rate=0.0002, beta_1=0.5)"),
         ("optimizer.apply_gradients(zip(gradients_disc",
          "disc_optimizer.apply_gradients(zip(gradients_disc")],
    21: [("            generated_images = generator(noise, training=True)\n\n", ""),
         ("as disc_tape:\n",
          "as disc_tape:\n                generated_images = generator(noise, training=True)\n")],
}


def repaired(rows=()):
    """The functions of the document's code, executed with the repairs of some rows."""
    source = D1
    for row in rows:
        for text, repair in REPAIRS[row]:
            assert source.count(text) == 1
            source = source.replace(text, repair)
    return execute(source)


def networks_of(d1):
    """The document's two networks, with weights drawn from seed 1."""
    networks = {"g": d1.generator_model(), "d": d1.discriminator_model()}
    for name, network in networks.items():
        network.set_weights([
            initial_weights.draw(1, "{}/{}/kernel".format(name, index), weights.shape)
            if weights.ndim == 2 else weights
            for index, weights in enumerate(network.get_weights())])
    return networks


def train_document(rows, numbers=128):
    """One epoch of the document repaired so far; {"g" or "d": how far each variable moved}."""
    d1 = repaired(rows)
    networks = networks_of(d1)
    before = {name: network.get_weights() for name, network in networks.items()}
    d1.train(networks["g"], networks["d"], real_numbers(numbers), batch_size=128, epochs=1)
    return {name: [after - start for after, start in zip(network.get_weights(), before[name])]
            for name, network in networks.items()}


def real_numbers(count):
    """Numbers [count, 1] between 0.1 and 0.9."""
    return tf.constant(np.linspace(0.1, 0.9, count, dtype=np.float32)[:, None])


def step(phases, batch):
    """One training step; {variable: (before, gradient, after)}."""
    variables = {v.op.name: v for v in tf.trainable_variables()}
    before = run(variables)
    feed_dict = {phases[0].feeds[0][0][key]: value for key, value in batch.items()}
    gradients = run(phases[0].gradients, feed_dict)
    training.run_step(tf.get_default_session(), phases, batch)
    after = run(variables)
    return {name: (before[name], gradients[name], after[name]) for name in variables}


def batch_of(data_of, **flags):
    """The first batch of the dense GAN."""
    return Batches(data_of("dense_gan"), hyperparameters.make("dense_gan", flags))(1, 1)
