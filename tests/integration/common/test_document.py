"""A stranger's programme reads the OpenAPI document and tries everything it allows, and much that it does not."""

import subprocess
import sys

from tests.integration.common.conftest import Process, bearer

LEFT_OUT = (
    "missing_required_header",  # it does not know that 428 is the answer for If-Match (RFC 6585)
    "positive_data_acceptance",  # a made-up If-Match or cursor is well-formed, and still refused
)


def test_nothing_is_answered_that_is_not_documented(tiny: Process):
    words = [
        *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"),
        *("run", f"http://127.0.0.1:{tiny.port}/openapi.json"),
        *("--header", f"Authorization: {bearer()['authorization']}"),
        *("--exclude-checks", ",".join(LEFT_OUT)),
        *("--max-examples", "40", "--seed", "1", "--phases", "examples,coverage,fuzzing"),
    ]
    tried = subprocess.run(words, capture_output=True, text=True, check=False, timeout=110)
    assert tried.returncode == 0, tried.stdout + tried.stderr
