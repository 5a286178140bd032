"""What a tagger is asked for by; imports nothing, so that settings can be read in milliseconds."""

#: The tagger that ships and none; others are "package.module:Name" or ONNX and a folder.
STUDENT, NONE = "student", "none"
#: Before the folder of a user's token classifier, and the files that it holds.
ONNX = "onnx="
MODEL_FILES = ("model.onnx", "tokenizer.json", "config.json")
