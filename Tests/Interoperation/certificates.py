"""Authorities and certificates for a test, made by openssl."""

import os
import subprocess


class Authority:
    def __init__(self, folder, name="authority"):
        self.folder = folder
        self.path = os.path.join(folder, f"{name}.pem")
        self.key = os.path.join(folder, f"{name}.key")
        self._run(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", f"/CN={name}", "-keyout", self.key, "-out", self.path,
        )

    def certificate(self, name, hosts=()):
        """The paths of a certificate for the hosts, or for a client, and of its key."""
        path, key, request, extensions = (os.path.join(self.folder, f"{name}.{end}") for end in ("pem", "key", "csr", "ext"))
        self._run(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", f"/CN={name}", "-keyout", key, "-out", request,
        )
        with open(extensions, "w") as file:
            file.write("basicConstraints=CA:FALSE\n")
            if hosts:
                file.write("subjectAltName=" + ",".join(f"DNS:{host}" for host in hosts) + ",IP:127.0.0.1\n")
        self._run(
            "x509", "-req", "-in", request, "-CA", self.path, "-CAkey", self.key, "-CAcreateserial", "-days", "1",
            "-extfile", extensions, "-out", path,
        )
        return path, key

    @staticmethod
    def _run(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)
