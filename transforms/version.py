"""The version of the transforms: raised with every change that can change a published row."""

TRANSFORM_VERSION = "6"
