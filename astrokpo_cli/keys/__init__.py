"""Recipients (public keys) and identities (private keys): flags, files, the environment, the OS keyring. IN/OUT."""
