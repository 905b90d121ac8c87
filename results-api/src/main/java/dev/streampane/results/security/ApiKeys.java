// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The API keys that are valid now. The file is read again while the process runs. When a line was removed or changed, streams opened with its key
 * end. A file that cannot be read or has an invalid line changes nothing and is logged.
 */
final class ApiKeys {

    /** Keys with unknown names are compared with this one, so that they take as long as others. */
    private final ApiKey nobody =
            ApiKey.make("nobody", List.of("admin"), Optional.empty()).line();

    /** A valid key; revoked when its line is removed or changed. */
    private record ActiveKey(ApiKey key, Scopes scopes, AtomicBoolean revoked) {

        static ActiveKey of(ApiKey key) {
            return new ActiveKey(key, Scopes.parse(List.of(key.scopes().split(","))), new AtomicBoolean());
        }
    }

    private final KeysFile file;
    private volatile Map<String, ActiveKey> active = Map.of();

    /** @throws ConfigurationException naming file, line and cause */
    ApiKeys(Optional<String> keysFile) {
        Path path = keysFile.map(Path::of)
                .orElseThrow(() -> new ConfigurationException("results.security.keys-file is missing; under"
                        + " results.security.profile=api-key it names the file with the keys"));
        file = new KeysFile("results.security.keys-file", path, text -> apply(path, text));
    }

    /** The access that {@code presented} gives; empty when it is not a valid key. */
    Optional<Access> access(String presented, String address) {
        ActiveKey found = active.get(presented.substring(0, Math.max(0, presented.indexOf('.'))));
        boolean matches = (found == null ? nobody : found.key).matches(presented);
        if (found == null || !matches) {
            return Optional.empty();
        }
        return Optional.of(access(found, address)).filter(Access::holds);
    }

    /** The access of a ticket: that of the key {@code name}; empty when the key's line is no longer the one with {@code mark}. */
    Optional<Access> access(String name, String mark, String address) {
        return Optional.ofNullable(active.get(name))
                .filter(found -> mark(found).equals(mark))
                .map(found -> access(found, address))
                .filter(Access::holds);
    }

    /** Identifies the current line of a key, so that it differs from other lines of the same name; empty when there is no such key. */
    String mark(String name) {
        return Optional.ofNullable(active.get(name)).map(ApiKeys::mark).orElse("");
    }

    private static String mark(ActiveKey found) {
        return UUID.nameUUIDFromBytes(found.key.line().getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    private static Access access(ActiveKey found, String address) {
        return new Access(found.key.name(), address, found.scopes, found.key.expires(), found.revoked);
    }

    /** Reads the file again, see {@link KeysFile#refresh}. */
    void refresh() {
        file.refresh();
    }

    private void apply(Path path, String text) {
        Map<String, ActiveKey> before = active;
        Map<String, ActiveKey> after = new HashMap<>();
        KeysFile.forEachKey(path, text, line -> {
            ApiKey key = ApiKey.parse(line);
            ActiveKey known = before.get(key.name());
            boolean stays = known != null && known.key.equals(key);
            if (after.putIfAbsent(key.name(), stays ? known : ActiveKey.of(key)) != null) {
                throw new IllegalArgumentException("the name " + key.name() + " is on another line already");
            }
        });
        active = Map.copyOf(after);
        before.forEach((name, known) -> {
            if (after.get(name) != known) {
                known.revoked.set(true);
            }
        });
    }
}
