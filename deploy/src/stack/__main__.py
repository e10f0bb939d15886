"""`python -m stack`: start the local stack, stop it, say what it lacks."""

from stack.cli import app

app(prog_name="python -m stack")
