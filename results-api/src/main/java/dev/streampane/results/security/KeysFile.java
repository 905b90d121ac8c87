// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The keys by name, as a file has them: one {@link ApiKey} per line, {@code #} begins a comment. */
final class KeysFile {

    private static final int MAX_BYTES = 1 << 20;

    private KeysFile() {}

    /**
     * The text of the file.
     *
     * @throws IllegalArgumentException naming the file when it cannot be read
     */
    static String read(Path file) {
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IllegalArgumentException(file + " is larger than " + MAX_BYTES + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    file + " cannot be read: " + e.getClass().getSimpleName(), e);
        }
    }

    /**
     * The keys in {@code text}.
     *
     * @throws IllegalArgumentException naming file, line and cause
     */
    static Map<String, ApiKey> parse(Path file, String text) {
        Map<String, ApiKey> keys = new LinkedHashMap<>();
        int number = 0;
        for (String line : text.split("\r?\n", -1)) {
            number++;
            if (line.isBlank() || line.strip().startsWith("#")) {
                continue;
            }
            try {
                ApiKey key = ApiKey.parse(line);
                if (keys.putIfAbsent(key.name(), key) != null) {
                    throw new IllegalArgumentException("the name " + key.name() + " is on another line already");
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(file + " line " + number + ": " + e.getMessage(), e);
            }
        }
        return keys;
    }
}
