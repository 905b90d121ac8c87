// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import dev.streampane.local.control.StackPort;
import dev.streampane.local.server.Http;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options for the address of results-api and the key for it. */
final class ResultsOption extends OptionGroup {

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "results-api to ask (default: that of the running stack).")
    private URI url;

    @Option(
            names = "--api-key-file",
            paramLabel = "FILE",
            description = "File with its API key, if it requires one; to other machines over https only.")
    private Path keyFile;

    /** The address; by default that of the stack of {@code data}. */
    URI url(DataOption data) {
        return url == null ? data.running().url(StackPort.RESULTS_API) : url;
    }

    /** The bearer token, if given; refused without https to another machine, as it would go there in clear text. */
    Optional<String> key() {
        if (keyFile != null && url != null && !"https".equals(url.getScheme()) && !isLoopback(url.getHost())) {
            throw wrong("--url", url, "https with --api-key-file");
        }
        try {
            return keyFile == null ? Optional.empty() : Optional.of(Http.key(keyFile));
        } catch (IOException e) {
            throw wrong("--api-key-file", keyFile, "a file with one line, the key");
        }
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.[0-9]{1,3}){3}");
    }

    /** A text, encoded for the query of a URL. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
