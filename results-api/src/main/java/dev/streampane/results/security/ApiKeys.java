// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The API keys that hold now. The file is read again while the process runs: a line that is gone or changed ends what was opened with it, and a
 * file that cannot be read or has a bad line changes nothing and is said in the log.
 */
final class ApiKeys {

    private static final Logger LOG = Logger.getLogger(ApiKeys.class);

    /** Compared with keys of unknown names, so that they take as long as others. */
    private final ApiKey nobody =
            ApiKey.make("nobody", List.of("admin"), Optional.empty()).line();

    /**
     * A key that holds.
     *
     * @param key its line
     * @param scopes what it reaches
     * @param credential revoked when the line goes
     */
    private record Held(ApiKey key, Scopes scopes, Credential credential) {}

    private final Path file;
    private volatile Map<String, Held> held = Map.of();
    private String applied;
    private String seen;

    /**
     * Reads the file.
     *
     * @throws ConfigurationException naming file, line and cause
     */
    ApiKeys(Optional<String> keysFile) {
        String name =
                keysFile.orElseThrow(() -> new ConfigurationException("results.security.keys-file is missing; under"
                        + " results.security.profile=api-key it names"
                        + " the file with the keys"));
        file = Path.of(name);
        try {
            applied = KeysFile.read(file);
            seen = applied;
            apply(KeysFile.parse(file, applied));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("results.security.keys-file: " + e.getMessage(), e);
        }
        LOG.infof("Keys read: file=%s keys=%d", file, held.size());
    }

    /** The access that {@code presented} gives, if it is a key that holds. */
    Optional<Access> access(String presented, String address) {
        Held found = ApiKey.nameOf(presented).map(held::get).orElse(null);
        boolean matches = (found == null ? nobody : found.key).matches(presented);
        if (found == null || !matches) {
            return Optional.empty();
        }
        return Optional.of(new Access(found.key.name(), address, found.scopes, found.key.expires(), found.credential))
                .filter(access -> access.holds(Instant.now()));
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
            apply(KeysFile.parse(file, text));
            LOG.infof("Keys read again: file=%s keys=%d", file, held.size());
        } catch (IllegalArgumentException e) {
            LOG.errorf("The keys stay as they were: %s", e.getMessage());
        }
    }

    private void apply(Map<String, ApiKey> keys) {
        Map<String, Held> before = held;
        Map<String, Held> after = new HashMap<>();
        keys.forEach((name, key) -> {
            Held known = before.get(name);
            after.put(
                    name,
                    known != null && known.key.equals(key)
                            ? known
                            : new Held(key, Scopes.parse(List.of(key.scopes().split(","))), new Credential()));
        });
        held = Map.copyOf(after);
        before.forEach((name, known) -> {
            if (after.get(name) != known) {
                known.credential.revoke();
            }
        });
    }
}
