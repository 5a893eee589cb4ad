package dnd.metrics.server.hub.embedded;

import java.nio.file.Path;

/**
 * TLS of the hub's port.
 *
 * @param certFile the certificate and its chain, PEM
 * @param keyFile its private key, PEM, PKCS #8, not encrypted
 * @param handshakeFirst whether TLS begins before the hub's INFO line rather than after it, as NATS
 *     clients call it
 */
public record HubTls(Path certFile, Path keyFile, boolean handshakeFirst) {}
