"""What the bridge costs, as ratios against the barest program that does the same work in the same run.

`python -m tests.perf` runs every load, prints a table and writes JSON; `--help` shows how to scale it. Each part of a
load is a process of its own, so that the processor time of the bridge alone can be told:

    camera_load  ->  relay (the bridge's media part) or proxy  ->  viewers
                     endpoint (one virtual device)             <-  callers

`child` is the harness's end of such a process, `conversing` the process's own end.
"""
