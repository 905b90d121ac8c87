// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * The headers of the contracts dead-letter/v1 and late-record/v1, or those of inputs. A header that occurs twice, is not UTF-8 or breaks
 * its contract reads as absent and is listed by {@link #malformed}; headers with other names are ignored. For inputs, the last header of a
 * name counts, as it does for the jobs.
 */
final class RejectHeaders {

    private static final String NUMBER = "0|[1-9][0-9]{0,17}";
    private static final String TIME =
            "(?:[0-9]{4}|[+][0-9]{5,9})-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.][0-9]{3})?Z";
    private static final Map<String, Pattern> KNOWN = Map.ofEntries(
            known("job", "(?=.{1,100}$)[a-z0-9]+(?:-[a-z0-9]+)*"),
            known("generation", "[1-9][0-9]{0,8}"),
            known("reason", "[a-z0-9_-]{1,64}"),
            known("message", "(?s).{1,65536}"),
            known("id", "[A-Za-z0-9._%~+-]{1,2048}"),
            known("spec", "(?s).{1,200}"),
            known("topic", "[A-Za-z0-9._-]{1,249}"),
            known("partition", "0|[1-9][0-9]{0,8}"),
            known("offset", NUMBER),
            known("row", NUMBER),
            known("append-time", TIME),
            known("event-time", TIME));
    private static final Set<String> NUMBERS = Set.of("generation", "partition", "offset", "row");

    private static final Map<String, Pattern> OF_INPUTS = Map.ofEntries(known("kind", "[a-z0-9_-]{1,64}"));

    private final Map<String, String> values = new HashMap<>();
    private final List<String> malformed = new ArrayList<>();

    RejectHeaders(Headers headers, RejectKind kind) {
        boolean ofInput = kind == RejectKind.INPUT;
        Map<String, Pattern> known = ofInput ? OF_INPUTS : KNOWN;
        known.forEach((name, pattern) -> {
            List<byte[]> found = new ArrayList<>();
            for (Header header : headers.headers(name)) {
                found.add(header.value());
            }
            if (found.size() == 1 || ofInput && !found.isEmpty()) {
                read(name, pattern, found.get(found.size() - 1));
            } else if (!found.isEmpty()) {
                malformed.add(name);
            }
        });
        malformed.sort(null);
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** The value as JSON: a number where the contract has one; null if it is absent. */
    JsonNode json(String name) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        return text(name)
                .map(text -> NUMBERS.contains(name) ? json.numberNode(Long.parseLong(text)) : json.textNode(text))
                .orElse(json.nullNode());
    }

    Optional<Instant> time(String name) {
        return text(name).map(Instant::parse);
    }

    /** Names of known headers that cannot be read, sorted. */
    List<String> malformed() {
        return malformed;
    }

    private void read(String name, Pattern pattern, byte[] bytes) {
        Optional<String> text = bytes == null || bytes.length > 1 << 17
                ? Optional.empty()
                : RawBytes.text(bytes, false)
                        .filter(found -> pattern.matcher(found).matches())
                        .filter(found -> !name.endsWith("-time") || isTime(found));
        text.ifPresentOrElse(found -> values.put(name, found), () -> malformed.add(name));
    }

    private static boolean isTime(String text) {
        try {
            Instant.parse(text);
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static Map.Entry<String, Pattern> known(String name, String pattern) {
        return Map.entry(name, Pattern.compile(pattern));
    }
}
