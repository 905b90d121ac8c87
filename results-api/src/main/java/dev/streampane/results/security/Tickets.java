// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Tickets that open one stream each, within a minute, on the instance that gave them. Only their hashes are kept; they carry what the access
 * reads that asked for them, and end with its credential.
 */
final class Tickets {

    static final Duration LIFE = Duration.ofSeconds(60);
    static final int MAX = 10_000;
    static final int MAX_PER_NAME = 1_000;

    /**
     * A ticket that was given.
     *
     * @param ticket what opens the stream
     * @param expires until when
     */
    record Given(String ticket, Instant expires) {}

    private record Kept(Access access, Instant expires) {}

    private final SecureRandom random = new SecureRandom();

    /** By hash, in the order in which they end. */
    private final Map<String, Kept> kept = new LinkedHashMap<>();

    private final Map<String, Integer> perName = new LinkedHashMap<>();

    /**
     * Gives a ticket.
     *
     * @throws ProblemException 429 or 503 when too many are waiting to be used
     */
    synchronized Given give(Access access, Instant now) {
        sweep(now);
        if (perName.getOrDefault(access.name(), 0) >= MAX_PER_NAME || kept.size() >= MAX) {
            throw new ProblemException(
                    Problem.unavailable(ProblemType.TOO_MANY_TICKETS, "Too many tickets wait to be used.", LIFE));
        }
        byte[] secret = new byte[32];
        random.nextBytes(secret);
        String ticket = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        Instant expires = now.plus(LIFE);
        kept.put(hash(ticket), new Kept(access, expires));
        perName.merge(access.name(), 1, Integer::sum);
        return new Given(ticket, expires);
    }

    /** Takes a ticket; the second one to bring it gets nothing, nor does who brings it when its credential has ended. */
    synchronized Optional<Access> redeem(String ticket, Instant now) {
        sweep(now);
        return Optional.ofNullable(kept.remove(hash(ticket)))
                .map(found -> {
                    forget(found);
                    return found.access;
                })
                .filter(access -> access.holds(now));
    }

    private void sweep(Instant now) {
        Iterator<Kept> oldest = kept.values().iterator();
        while (oldest.hasNext()) {
            Kept next = oldest.next();
            if (now.isBefore(next.expires)) {
                return;
            }
            oldest.remove();
            forget(next);
        }
    }

    private void forget(Kept ticket) {
        perName.computeIfPresent(ticket.access.name(), (name, count) -> count == 1 ? null : count - 1);
    }

    private static String hash(String ticket) {
        try {
            byte[] bytes = ticket.getBytes(StandardCharsets.UTF_8);
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
