"""What deliveries mean.

Each delivery is looked into once it is kept: the rules of its sender make facts of it, each of which is announced once.
What a rule knows to be no fact, and what no rule knows, is told apart, so that nothing unknown is lost in silence.
"""
