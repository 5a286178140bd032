"""The only room that knows Prefect, the clock, the network and the environment."""
