package dnd.metrics.server.objects;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A bucket of an S3-compatible store, or a part of one. Objects are put with their SHA-256, which
 * the store checks and keeps. Credentials are where Amazon's tools look for them.
 */
final class S3Store implements ObjectStore {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration SILENCE_TIMEOUT = Duration.ofSeconds(60);

  private final ObjectAddress.Bucket options;
  private final String bucket;
  private final String prefix;
  private final String address;

  /** Made at the first use, and both together: loading the SDK takes a while. */
  private @Nullable S3Client client;

  private @Nullable AbortableHttpClient connections;
  private boolean closed;

  private S3Store(ObjectAddress.Bucket address) {
    this.options = address;
    this.bucket = address.bucket();
    this.prefix = address.prefix().isEmpty() ? "" : address.prefix() + "/";
    this.address = address.toString();
  }

  static S3Store open(ObjectAddress.Bucket address) {
    return new S3Store(address);
  }

  private synchronized S3Client client() throws IOException {
    if (closed) {
      throw new IOException(address + " is closed");
    }
    S3Client known = client;
    if (known == null) {
      AbortableHttpClient http =
          new AbortableHttpClient(
              UrlConnectionHttpClient.builder()
                  .connectionTimeout(CONNECT_TIMEOUT)
                  .socketTimeout(SILENCE_TIMEOUT)
                  .build());
      connections = http;
      known = build(http);
      client = known;
    }
    return known;
  }

  private S3Client build(SdkHttpClient http) {
    S3ClientBuilder builder =
        S3Client.builder()
            .forcePathStyle(options.isPathStyle())
            // a part of an object has another checksum than the whole
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .httpClient(http);
    if (!options.endpoint().isEmpty()) {
      builder.endpointOverride(URI.create(options.endpoint()));
    }
    if (!options.region().isEmpty() || !options.endpoint().isEmpty()) {
      builder.region(Region.of(options.region().isEmpty() ? "us-east-1" : options.region()));
    }
    return builder.build();
  }

  private String key(String name) {
    ObjectNames.check(name);
    return prefix + name;
  }

  private IOException failed(String what, SdkException e) {
    return new IOException(address + ": " + what + ": " + e.getMessage(), e);
  }

  @Override
  public List<StoredObject> list(String under) throws IOException {
    List<StoredObject> found = new ArrayList<>();
    try {
      for (S3Object each :
          client()
              .listObjectsV2Paginator(list -> list.bucket(bucket).prefix(prefix + under))
              .contents()) {
        found.add(new StoredObject(each.key().substring(prefix.length()), each.size()));
      }
    } catch (SdkException e) {
      throw failed("cannot be listed", e);
    }
    return found;
  }

  @Override
  public void put(String name, MemorySegment content) throws IOException {
    String key = key(name);
    String checksum = Base64.getEncoder().encodeToString(Sha256.of(content));
    try {
      client()
          .putObject(
              put -> put.bucket(bucket).key(key).checksumSHA256(checksum),
              RequestBody.fromContentProvider(
                  ContentStreamProvider.fromInputStreamSupplier(
                      () -> new SegmentInputStream(content)),
                  content.byteSize(),
                  "application/octet-stream"));
    } catch (SdkException e) {
      throw failed(key + " cannot be put", e);
    }
  }

  @Override
  public boolean holds(String name, MemorySegment content) throws IOException {
    String key = key(name);
    HeadObjectResponse there;
    try {
      there =
          client()
              .headObject(head -> head.bucket(bucket).key(key).checksumMode(ChecksumMode.ENABLED));
    } catch (NoSuchKeyException e) {
      return false;
    } catch (SdkException e) {
      throw failed(key + " cannot be looked at", e);
    }
    String checksum = there.checksumSHA256();
    return there.contentLength() == content.byteSize()
        && checksum != null
        && MessageDigest.isEqual(Base64.getDecoder().decode(checksum), Sha256.of(content));
  }

  @Override
  public InputStream read(String name) throws IOException {
    String key = key(name);
    try {
      ResponseInputStream<GetObjectResponse> in =
          client().getObject(get -> get.bucket(bucket).key(key).checksumMode(ChecksumMode.ENABLED));
      String checksum = in.response().checksumSHA256();
      return checksum == null // somebody else put it, in parts perhaps
          ? in
          : new VerifiedInputStream(in, address + ": " + key, Base64.getDecoder().decode(checksum));
    } catch (NoSuchKeyException e) {
      throw absent(key, e);
    } catch (SdkException e) {
      throw failed(key + " cannot be read", e);
    }
  }

  @Override
  public byte[] read(String name, long offset, int length) throws IOException {
    String key = key(name);
    String range = "bytes=" + offset + "-" + (offset + length - 1);
    try (InputStream in = client().getObject(get -> get.bucket(bucket).key(key).range(range))) {
      byte[] bytes = in.readNBytes(length + 1); // one more shows where the range was not heeded
      if (bytes.length != length) {
        throw new IOException(
            "%s: %s: %d bytes came, not the %d from %d on"
                .formatted(address, key, bytes.length, length, offset));
      }
      return bytes;
    } catch (NoSuchKeyException e) {
      throw absent(key, e);
    } catch (SdkException e) {
      throw failed(key + " cannot be read from byte " + offset + " on", e);
    }
  }

  private NoSuchFileException absent(String key, NoSuchKeyException e) {
    NoSuchFileException absent = new NoSuchFileException(key, null, "not in " + address);
    absent.initCause(e);
    return absent;
  }

  @Override
  public void delete(String name) throws IOException {
    String key = key(name);
    try {
      client().deleteObject(delete -> delete.bucket(bucket).key(key));
    } catch (SdkException e) {
      throw failed(key + " cannot be removed", e);
    }
  }

  @Override
  public String describe() {
    return address;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (connections != null) {
      connections.close();
    }
    if (client != null) {
      client.close();
    }
  }
}
