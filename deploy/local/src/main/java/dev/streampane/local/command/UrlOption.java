// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.command;

import java.net.URI;
import picocli.CommandLine.TypeConversionException;

/** Reads addresses as the command line has them: {@code http://127.0.0.1:9200}. The commands ask below {@code /}: what stands there would be lost. */
final class UrlOption {

    private UrlOption() {}

    static URI parse(String text) {
        try {
            URI url = URI.create(text);
            if (url.getHost() != null
                    && String.valueOf(url.getScheme()).matches("https?")
                    && url.getRawPath().matches("/?")
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null) {
                return url;
            }
        } catch (IllegalArgumentException none) {
            throw refused(text);
        }
        throw refused(text);
    }

    private static TypeConversionException refused(String text) {
        return new TypeConversionException(
                "'" + text + "' is not allowed; allowed is http://HOST:PORT or https://HOST:PORT, without a path");
    }
}
