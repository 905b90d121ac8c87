// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the OpenAPI document says can be asked for. */
final class Operations {

    private static final Pattern LINE = Pattern.compile("(?m)^  (/\\S+):$|^    (get|post|put|delete|patch):$");

    private Operations() {}

    /** Method and path template of each operation under {@code /api}. */
    static List<String> documented() throws IOException {
        Matcher lines = LINE.matcher(Files.readString(Path.of("src/main/resources/META-INF/openapi.yaml")));
        List<String> operations = new ArrayList<>();
        String path = "";
        while (lines.find()) {
            if (lines.group(1) != null) {
                path = lines.group(1);
            } else if (path.startsWith("/api/")) {
                operations.add(lines.group(2).toUpperCase(Locale.ROOT) + " " + path);
            }
        }
        return operations;
    }
}
