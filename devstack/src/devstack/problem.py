"""What goes wrong here is told in one sentence with the way out."""


class StackProblem(Exception):
    """The sentence to show. Nothing of what was begun is left behind when it is raised."""
