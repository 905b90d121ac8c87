// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jose4j.keys.HmacKey;

/**
 * The keys that sign tickets. A file has one key per line, in base64. The first one signs and all of them verify, so that keys can be rotated
 * while several instances share them. Without a file there is one random key, which no other instance has.
 */
final class TicketKeys {

    private static final int LEAST_BYTES = 32;

    private final Optional<KeysFile> file;
    private volatile List<HmacKey> keys;

    /** @throws io.quarkus.runtime.configuration.ConfigurationException naming file, line and cause */
    TicketKeys(Optional<String> keysFile) {
        byte[] own = new byte[LEAST_BYTES];
        new SecureRandom().nextBytes(own);
        keys = List.of(new HmacKey(own));
        file = keysFile.map(Path::of)
                .map(path -> new KeysFile("results.security.ticket-keys-file", path, text -> keys = parse(path, text)));
    }

    /** All keys that verify; the first one signs. */
    List<HmacKey> all() {
        return keys;
    }

    /** Whether the keys come from a file, so that other instances can have them, too. */
    boolean shared() {
        return file.isPresent();
    }

    /** Reads the file again, if there is one, see {@link KeysFile#refresh}. */
    void refresh() {
        file.ifPresent(KeysFile::refresh);
    }

    private static List<HmacKey> parse(Path file, String text) {
        List<HmacKey> keys = new ArrayList<>();
        KeysFile.forEachKey(file, text, line -> keys.add(new HmacKey(key(line))));
        if (keys.isEmpty()) {
            throw new IllegalArgumentException(file + " has no key");
        }
        return List.copyOf(keys);
    }

    private static byte[] key(String line) {
        try {
            byte[] key = Base64.getDecoder().decode(line);
            if (key.length >= LEAST_BYTES) {
                return key;
            }
        } catch (IllegalArgumentException reportedBelow) {
            // not passed on: its message would show a part of the key
        }
        throw new IllegalArgumentException(
                "not " + LEAST_BYTES + " or more bytes in base64, as 'openssl rand -base64 32' makes them");
    }
}
