// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.server.ElasticsearchAccess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options for the address of Elasticsearch and the access to it. */
final class ElasticsearchOption extends OptionGroup {

    private static final String CA_FILE = "--elasticsearch-ca-file";
    private static final String API_KEY_FILE = "--elasticsearch-api-key-file";

    @Option(names = "--elasticsearch", paramLabel = "URL", description = "Elasticsearch.")
    private URI elasticsearch;

    @Option(
            names = CA_FILE,
            paramLabel = "FILE",
            description = "PEM file of the trusted CA certificates for https (default: those of the JVM).")
    private Path caFile;

    @Option(names = API_KEY_FILE, paramLabel = "FILE", description = "API key for Elasticsearch; https only.")
    private Path apiKeyFile;

    /** The value of {@code --elasticsearch}, if given. */
    Optional<URI> url() {
        return Optional.ofNullable(elasticsearch);
    }

    ElasticsearchAccess access() {
        if (apiKeyFile != null && elasticsearch != null && !"https".equals(elasticsearch.getScheme())) {
            throw wrong("--elasticsearch", elasticsearch, "https with " + API_KEY_FILE);
        }
        ElasticsearchAccess access = ElasticsearchAccess.OPEN;
        try {
            access = caFile == null ? access : access.believing(caFile);
        } catch (IOException | GeneralSecurityException e) {
            throw wrong(CA_FILE, caFile, "a file with certificates in PEM");
        }
        try {
            return apiKeyFile == null ? access : access.with(apiKeyFile);
        } catch (IOException e) {
            throw wrong(
                    API_KEY_FILE,
                    apiKeyFile,
                    "a file with one line, the API key as Elasticsearch gives it under 'encoded'");
        }
    }
}
