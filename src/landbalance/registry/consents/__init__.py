"""What a community allows to be done with what it gives; free, prior and informed consent."""
