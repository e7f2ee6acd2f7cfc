"""What makes an exported graph equal to its model where a converter alone does not."""
