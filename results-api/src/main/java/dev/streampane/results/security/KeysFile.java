// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * A file with one key per line; {@code #} begins a comment line. It is read again while the process runs; a file that cannot be read or has an
 * invalid line changes nothing and is logged.
 */
final class KeysFile {

    private static final int MAX_BYTES = 1 << 20;
    private static final Logger LOG = Logger.getLogger(KeysFile.class);

    private final Path file;
    private final Consumer<String> use;
    private String applied;
    private String seen;

    /**
     * @param setting the setting that names the file
     * @param use takes the text of the file; throws IllegalArgumentException naming file, line and cause
     * @throws ConfigurationException naming the setting, when the file cannot be read or used
     */
    KeysFile(String setting, Path file, Consumer<String> use) {
        this.file = file;
        this.use = use;
        try {
            applied = read();
            seen = applied;
            use.accept(applied);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(setting + ": " + e.getMessage(), e);
        }
        LOG.infof("Keys read: file=%s", file);
    }

    /** Reads the file again. A change is applied once two successive reads agree, because a file may be read while it is written. */
    synchronized void refresh() {
        String text = "";
        String wrong = "";
        try {
            text = read();
        } catch (IllegalArgumentException e) {
            wrong = e.getMessage();
        }
        String current = text + wrong;
        boolean settled = current.equals(seen);
        seen = current;
        if (!settled || current.equals(applied)) {
            return;
        }
        applied = current;
        try {
            if (!wrong.isEmpty()) {
                throw new IllegalArgumentException(wrong);
            }
            use.accept(text);
            LOG.infof("Keys read again: file=%s", file);
        } catch (IllegalArgumentException e) {
            LOG.errorf("The keys are unchanged: %s", e.getMessage());
        }
    }

    private String read() {
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
     * Passes each line of {@code text} with a key to {@code key}.
     *
     * @throws IllegalArgumentException naming file and line, when {@code key} throws one
     */
    static void forEachKey(Path file, String text, Consumer<String> key) {
        int number = 0;
        for (String line : text.split("\r?\n", -1)) {
            number++;
            if (line.isBlank() || line.strip().startsWith("#")) {
                continue;
            }
            try {
                key.accept(line.strip());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(file + " line " + number + ": " + e.getMessage(), e);
            }
        }
    }
}
