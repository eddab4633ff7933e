"""The number of threads of TensorFlow's kernels, which the first session of a process sets for all.
"""

import functools

from groundwork import importing


@functools.lru_cache(maxsize=None)
def take_all():
    """Takes as many threads as TF_NUM_INTRAOP_THREADS says, or the machine has cores, whatever a
    later session asks for.

    Runs in this process and in others then round alike, and end at the same bytes.
    """
    with importing.importing_tensorflow():
        import tensorflow.compat.v1 as tf
        tf.Session(graph=tf.Graph()).close()
