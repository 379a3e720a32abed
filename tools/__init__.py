"""What developers run beside the tests: bench, crash and spam measure, setup/ prepares a machine."""
