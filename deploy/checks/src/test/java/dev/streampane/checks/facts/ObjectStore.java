// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Buckets: those that addresses name, and those that an S3 server makes by its environment. */
public final class ObjectStore {

    private static final Pattern ADDRESS = Pattern.compile("s3a?://([^/]+)/.*");
    private static final String STORE = "COM_ADOBE_TESTING_S3MOCK_STORE_";

    private ObjectStore() {}

    /** The bucket of an address. */
    public static Optional<String> bucket(String address) {
        Matcher matcher = ADDRESS.matcher(address);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** What a server makes when it starts; nothing when it is none. */
    public static List<String> buckets(Map<String, String> environment) {
        String buckets = environment.get(STORE + "INITIAL_BUCKETS");
        return buckets == null ? List.of() : List.of(buckets.split(","));
    }

    /** Where a server keeps them; nothing when it is none. */
    public static Optional<String> folder(Map<String, String> environment) {
        return Optional.ofNullable(environment.get(STORE + "ROOT"));
    }
}
