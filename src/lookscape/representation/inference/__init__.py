"""The fastest engine that agrees with torch on this machine: OpenVINO, ONNX Runtime or torch, one file each.

May import the protocols alone.
"""
