"""Files of TensorBoard's projector: points with labels and pictures.

Plain files rather than a checkpoint: of a checkpoint the projector lists every matrix, the
optimisers' slots included.
"""

import os

from groundwork.run import grids
from groundwork.run.files import write_whole

CONFIG = "projector_config.pbtxt"
# Relative: the page refuses assets outside the folder of the event files.
_CONFIG_TEXT = """\
embeddings {{
  tensor_name: "{name}"
  tensor_path: "{name}.tsv"
  metadata_path: "{name}_labels.tsv"
  sprite {{
    image_path: "{name}_sprite.png"
    single_image_dim: {width}
    single_image_dim: {height}
  }}
}}
"""


def write(folder, name, points, labels, images):
    """Writes the points and, last, the configuration that names them.

    Args:
      folder: the folder of the event files.
      name: what the points are, such as "codes".
      points: floats [count, width].
      labels: integers [count].
      images: float [count, height, width] or [count, height, width, 3] in [-1, 1].

    Raises:
      ValueError: not as many labels or images as points.
    """
    if not len(points) == len(labels) == len(images):
        raise ValueError("expected as many labels and images as points, received {}, {} and {}"
                         .format(len(labels), len(images), len(points)))
    path = os.path.join(folder, name)
    write_whole(path + ".tsv", _lines("\t".join("%.9g" % value for value in point)
                                      for point in points))
    # One column has no heading: the page would take it for a label.
    write_whole(path + "_labels.tsv", _lines(str(label) for label in labels))
    grids.write_png(path + "_sprite.png", grids.tile(images, separator=0))
    height, width = images.shape[1:3]
    write_whole(os.path.join(folder, CONFIG), _CONFIG_TEXT.format(
        name=name, width=width, height=height).encode("utf-8"))


def _lines(texts):
    return "".join(text + "\n" for text in texts).encode("utf-8")
