"""S3 store (对象存储): any S3-compatible service, streamed in parts.

Credentials and region come from the environment variables AWS_*; the address of a service other than AWS from
TONGBAN_S3_ENDPOINT.
"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError
from django.conf import settings

from .interface import CHUNK_BYTES

PART_BYTES = 8 * 1024 * 1024
MISSING = {"404", "NoSuchKey", "NotFound"}


class S3Store:
    """Store in a bucket (对象存储), named as ``s3://bucket`` or ``s3://bucket/prefix``."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.bucket = parts.netloc
        self.prefix = parts.path.strip("/")
        self._client = boto3.client(
            "s3",
            endpoint_url=settings.S3_ENDPOINT or None,
            # Other vendors' services often know nothing of the newest checksums.
            config=Config(
                connect_timeout=5,
                read_timeout=30,
                retries={"mode": "standard", "max_attempts": 3},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )
        # No threads: a web process serves many at once already.
        self._transfer = TransferConfig(
            multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, use_threads=False
        )

    def adopt(self, path: Path, digest: str) -> None:
        """Keep the bytes (存入): a part at a time; an object appears whole or not at all."""
        if not self._holds(digest, path.stat().st_size):
            self._client.upload_file(str(path), self.bucket, self._key(digest), Config=self._transfer)

    def read(self, digest: str) -> Iterator[bytes]:
        """The bytes in chunks (读取)."""
        try:
            answer = self._client.get_object(Bucket=self.bucket, Key=self._key(digest))
        except ClientError as problem:
            if problem.response["Error"]["Code"] in MISSING:
                raise FileNotFoundError(digest) from problem
            raise
        chunks: Iterator[bytes] = answer["Body"].iter_chunks(CHUNK_BYTES)
        return chunks

    def _holds(self, digest: str, size: int) -> bool:
        try:
            answer = self._client.head_object(Bucket=self.bucket, Key=self._key(digest))
        except ClientError as problem:
            if problem.response["Error"]["Code"] in MISSING:
                return False
            raise
        return int(answer["ContentLength"]) == size

    def _key(self, digest: str) -> str:
        return "/".join(part for part in (self.prefix, digest[:2], digest[2:4], digest) if part)
