// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a credential may read.
 *
 * <p>Written as words: {@code admin} (everything); {@code read:<job>} or {@code read:*} (results of one or all jobs);
 * {@code read:<job>/<prefix>*} (results whose key begins with the prefix). In job and prefix, all characters but {@code A-Z a-z 0-9 . _ ~ -} are
 * percent-encoded UTF-8.
 */
record Scopes(boolean admin, List<Grant> grants) {

    static final Scopes EVERYTHING = new Scopes(true, List.of());

    /** The allowed words, for messages about a wrong one. */
    static final String ALLOWED =
            "admin, read:<job>, read:*, or read:<job>/<key prefix>*, where other characters than A-Z a-z 0-9 . _ ~ - are"
                    + " percent-encoded";

    private static final String TEXT = "(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})";
    private static final Pattern READ = Pattern.compile("read:(\\*|" + TEXT + "{1,100})(?:/(" + TEXT + "{0,256})\\*)?");

    /** @throws IllegalArgumentException naming the first word that is no scope */
    static Scopes parse(List<String> words) {
        for (String word : words) {
            if (!word.equals("admin") && grant(word).isEmpty()) {
                throw new IllegalArgumentException("'" + word + "' is not a scope; allowed is " + ALLOWED);
            }
        }
        return among(words);
    }

    /** The scopes among {@code words}; others are ignored, as a token's claim may have scopes of other services. */
    static Scopes among(List<String> words) {
        Set<Grant> grants = new LinkedHashSet<>();
        words.forEach(word -> grant(word).ifPresent(grants::add));
        return new Scopes(words.contains("admin"), new ArrayList<>(grants));
    }

    /** These scopes as words, which {@link #among} reads back. */
    List<String> words() {
        return Stream.concat(
                        admin ? Stream.of("admin") : Stream.empty(),
                        grants.stream().map(Scopes::word))
                .toList();
    }

    private static String word(Grant grant) {
        String results = grant.job().map(Scopes::word).orElse("read:*");
        return grant.keyPrefix().isEmpty() ? results : results + "/" + encoded(grant.keyPrefix()) + "*";
    }

    /** The word for all of one job's results. */
    static String word(String job) {
        return "read:" + encoded(job);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
    }

    private static Optional<Grant> grant(String word) {
        Matcher read = READ.matcher(word);
        if (!read.matches()) {
            return Optional.empty();
        }
        Optional<String> job = Optional.of(read.group(1)).filter(name -> !name.equals("*"));
        String prefix = Optional.ofNullable(read.group(2)).orElse("");
        return Optional.of(new Grant(job.map(Scopes::decoded), decoded(prefix)));
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
