// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

import java.nio.charset.StandardCharsets;

/** Makes fetched records for tests. */
public final class FetchedRecords {

    /** The id of every test topic. */
    public static final String TOPIC_ID = "3wQ9gkVQTeS5FEOdKvs_-A";

    /** When records are appended unless a test says otherwise: 2026-11-20T06:00:00Z. */
    public static final long APPEND_TIME = 1_795_154_400_000L;

    private FetchedRecords() {}

    /** A record with that value at offset 0. */
    public static Fetched of(byte[] value) {
        return of(value, null);
    }

    /** A record with that value and header {@code kind} at offset 0. */
    public static Fetched of(byte[] value, String kind) {
        return new Fetched("inputs", TOPIC_ID, 0, 0, APPEND_TIME, null, value, kind);
    }

    /** A record with that text at offset 0. */
    public static Fetched of(String value) {
        return of(value.getBytes(StandardCharsets.UTF_8));
    }
}
