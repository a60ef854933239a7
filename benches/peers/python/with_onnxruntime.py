"""ONNX Runtime: networks that answer."""

import os

import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from shared import *


def session(widths, activation):
    nodes, weights, value = [], [], "x"
    for place, (weight, bias) in enumerate(layers(widths, np.float32)):
        weights += [numpy_helper.from_array(weight, f"w{place}"), numpy_helper.from_array(bias, f"b{place}")]
        nodes.append(helper.make_node("Gemm", [value, f"w{place}", f"b{place}"], [f"s{place}"]))
        value = f"s{place}"
        if place + 2 < len(widths):
            nodes.append(helper.make_node({"tanh": "Tanh", "relu": "Relu"}[activation], [value], [f"h{place}"]))
            value = f"h{place}"
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, width])
        for name, width in (("x", widths[0]), (value, widths[-1]))
    ]
    graph = helper.make_graph(nodes, "net", ends[:1], ends[1:], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS", "1"))
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def asked(kind, activation, rows):
    widths = WIDTHS[kind]
    net, given = session(widths, activation), {"x": inputs(rows, widths[0], np.float32)}
    return net.run(None, given)[0].sum(dtype=np.float64), rows, lambda: net.run(None, given)


WORKLOADS = {name: lambda how=how: asked(*how) for name, how in ASKED.items()}

if __name__ == "__main__":
    main("onnxruntime", WORKLOADS)
