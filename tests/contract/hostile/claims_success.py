"""Claims to be perfect and fails."""

import json
import sys

with open(f"{sys.argv[2]}/metrics.json", "w") as file:
    json.dump({"accuracy": 1.0, "outcome": "ok", "exit_code": 0}, file)
print(json.dumps({"outcome": "ok", "exit_code": 0}))
sys.exit(3)
