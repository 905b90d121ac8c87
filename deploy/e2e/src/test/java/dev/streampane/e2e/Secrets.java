// SPDX-License-Identifier: Apache-2.0
package dev.streampane.e2e;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Passwords and keys of one test. They appear nowhere by chance. */
final class Secrets {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Pattern FORM = Pattern.compile("secret-[0-9a-f]{32}");

    private Secrets() {}

    static String next() {
        byte[] bytes = new byte[16];
        RANDOM.nextBytes(bytes);
        return "secret-" + HexFormat.of().formatHex(bytes);
    }

    /** Those that a text shows, whosever they are. */
    static List<String> in(String text) {
        return FORM.matcher(text).results().map(MatchResult::group).toList();
    }
}
