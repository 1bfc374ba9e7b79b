"""`python -m bench.waitress_server PORT`: the measured applications on the server that `jobboard run` starts."""

import sys

from bench.apps import bench_app
from jobboard.core.serve import WebServer

if __name__ == "__main__":
    WebServer(bench_app(), "127.0.0.1", int(sys.argv[1])).run()
