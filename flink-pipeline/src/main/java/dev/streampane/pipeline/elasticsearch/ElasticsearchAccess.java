// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.elasticsearch;

import dev.streampane.pipeline.job.BadOptionException;
import dev.streampane.pipeline.job.JobConfig;
import dev.streampane.pipeline.job.JobOption;
import dev.streampane.pipeline.job.OptionType;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.flink.util.ExceptionUtils;
import org.apache.http.ssl.SSLContexts;

/**
 * The address of Elasticsearch, the certificates to trust and the credentials to send. It holds names of files and no secrets, so that no job
 * graph or recovered job contains one; each TaskManager reads its own files.
 *
 * @param hosts scheme, host, port and path of each node; the path is the same for all
 * @param caFile certificates in PEM, the only ones that are trusted; empty: those of the JVM
 * @param apiKeyFile the API key, on one line, read again for each request, so that it can be changed at any time; empty: none
 */
public record ElasticsearchAccess(List<URI> hosts, String caFile, String apiKeyFile) implements Serializable {

    public static final JobOption<List<URI>> URL = JobOption.of(
            "elasticsearch-url", "http://127.0.0.1:9200", OptionType.httpUrls(), "Elasticsearch to write to");

    public static final JobOption<Optional<Path>> CA_FILE = JobOption.of(
            "elasticsearch-ca-file",
            "off",
            OptionType.offOr(OptionType.file()),
            "PEM file of the trusted CA certificates for https; off: those of the JVM");

    public static final JobOption<Optional<Path>> API_KEY_FILE = JobOption.of(
            "elasticsearch-api-key-file",
            "off",
            OptionType.offOr(OptionType.file()),
            "API key for Elasticsearch, read again for each request; https only");

    private static final Pattern KEY = Pattern.compile("[!-~]{1,4096}");

    public ElasticsearchAccess {
        hosts = List.copyOf(hosts);
    }

    /**
     * The access that the options describe.
     *
     * @throws BadOptionException when a file cannot be used here, or the key would be sent over a connection without TLS
     */
    public static ElasticsearchAccess of(JobConfig config) {
        var access = new ElasticsearchAccess(
                config.get(URL),
                config.get(CA_FILE).map(Path::toString).orElse(""),
                config.get(API_KEY_FILE).map(Path::toString).orElse(""));
        if (!access.apiKeyFile.isEmpty() && access.hosts.stream().anyMatch(host -> !"https".equals(host.getScheme()))) {
            throw URL.notAllowed(access.hosts.get(0).toString(), "https with --" + API_KEY_FILE.name());
        }
        access.trust();
        access.authorization();
        return access;
    }

    /** The value of the header Authorization; empty for none. */
    String authorization() {
        if (apiKeyFile.isEmpty()) {
            return "";
        }
        String key;
        try {
            key = Files.readString(Path.of(apiKeyFile), StandardCharsets.US_ASCII)
                    .strip();
        } catch (IOException e) {
            key = ""; // the exception's message may contain the bytes that could not be decoded
        }
        if (!KEY.matcher(key).matches()) {
            throw API_KEY_FILE.notAllowed(
                    apiKeyFile, "a file with one line, the API key as Elasticsearch gives it under 'encoded'");
        }
        return "ApiKey " + key;
    }

    /** Trusts the certificates of {@link #caFile}; if it is empty, uses the trust store and the client key, if any, of the JVM's properties. */
    SSLContext trust() {
        try {
            if (caFile.isEmpty()) {
                return SSLContext.getDefault();
            }
            KeyStore authorities = KeyStore.getInstance("PKCS12");
            authorities.load(null, null);
            try (InputStream pem = Files.newInputStream(Path.of(caFile))) {
                Collection<? extends Certificate> certificates =
                        CertificateFactory.getInstance("X.509").generateCertificates(pem);
                for (Certificate certificate : certificates) {
                    authorities.setCertificateEntry("ca-" + authorities.size(), certificate);
                }
            }
            if (authorities.size() == 0) {
                throw new GeneralSecurityException("no certificate in it");
            }
            return SSLContexts.custom().loadTrustMaterial(authorities, null).build();
        } catch (IOException | GeneralSecurityException e) {
            throw CA_FILE.notAllowed(caFile, "a file with certificates in PEM (%s)".formatted(e.getMessage()));
        }
    }

    /** The option to check after an answer with this status, for a message; empty when no option is at fault. */
    static String optionAtFault(int status) {
        return status == 401 || status == 403 ? " (--" + API_KEY_FILE.name() + ")" : "";
    }

    /** The option to check after this failure, for a message; empty when no option is at fault. */
    static String optionAtFault(Throwable failure) {
        return ExceptionUtils.findThrowable(failure, SSLException.class)
                .map(cause -> cause instanceof SSLPeerUnverifiedException
                        ? " (--" + URL.name() + ")"
                        : " (--%s, --%s)".formatted(CA_FILE.name(), URL.name()))
                .orElse("");
    }
}
