"""The version of Attest and its licence, which the contracts name. `make release` stamps the version."""

VERSION = "0.1.0"
LICENSE = {"name": "Apache License 2.0", "identifier": "Apache-2.0"}
