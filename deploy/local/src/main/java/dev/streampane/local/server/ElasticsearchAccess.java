// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** How to reach Elasticsearch: which certificate authorities to trust, and which API key to send. Thread-safe. */
public final class ElasticsearchAccess {

    /** Trusts the authorities that the JVM trusts, and sends no API key. */
    public static final ElasticsearchAccess OPEN = new ElasticsearchAccess(Http.CLIENT, "");

    private final HttpClient client;
    private final String key;

    private ElasticsearchAccess(HttpClient client, String key) {
        this.client = client;
        this.key = key;
    }

    /**
     * Trusts certificates of these authorities only.
     *
     * @param caFile certificates of the authorities in PEM
     * @throws GeneralSecurityException when the file has no certificate
     */
    public ElasticsearchAccess believing(Path caFile) throws IOException, GeneralSecurityException {
        KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        try (InputStream pem = Files.newInputStream(caFile)) {
            for (Certificate authority : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                authorities.setCertificateEntry("ca-" + authorities.size(), authority);
            }
        }
        if (authorities.size() == 0) {
            throw new GeneralSecurityException("no certificate in it");
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(authorities);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return new ElasticsearchAccess(Http.client().sslContext(context).build(), key);
    }

    /**
     * Sends an API key.
     *
     * @param apiKeyFile the key as Elasticsearch gives it under {@code encoded}, on one line
     * @throws IOException when the file is not one such line; the message does not show its content
     */
    public ElasticsearchAccess with(Path apiKeyFile) throws IOException {
        return new ElasticsearchAccess(client, Http.key(apiKeyFile));
    }

    JsonNode put(URI uri, String json) throws IOException {
        return Http.JSON.readTree(send("PUT", uri, json));
    }

    /** Sends JSON, and returns the body of the answer as text. */
    public String send(String method, URI uri, String json) throws IOException {
        HttpRequest.Builder request = Http.withBody(method, uri, json);
        if (!key.isEmpty()) {
            request.header("Authorization", "ApiKey " + key);
        }
        return Http.text(client, request, Http.PATIENCE);
    }
}
