// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** A file that is read again while the process runs. One that cannot be read or has a bad line changes nothing and is said in the log. */
final class WatchedFile {

    private static final Logger LOG = Logger.getLogger(WatchedFile.class);

    private final Path file;
    private final Consumer<String> use;
    private String applied;
    private String seen;

    /**
     * Reads the file.
     *
     * @param setting what names it
     * @param use takes its text; throws IllegalArgumentException naming file, line and cause
     * @throws ConfigurationException with the setting's name, when it cannot be read or used
     */
    WatchedFile(String setting, Path file, Consumer<String> use) {
        this.file = file;
        this.use = use;
        try {
            applied = KeysFile.read(file);
            seen = applied;
            use.accept(applied);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(setting + ": " + e.getMessage(), e);
        }
        LOG.infof("Keys read: file=%s", file);
    }

    /** Reads the file again; a change holds once two readings agree on it, for a file is not always written at once. One thread at a time. */
    synchronized void refresh() {
        String text = "";
        String wrong = "";
        try {
            text = KeysFile.read(file);
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
            LOG.errorf("The keys stay as they were: %s", e.getMessage());
        }
    }
}
