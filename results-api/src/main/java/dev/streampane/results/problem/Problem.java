// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * An answer that says what is wrong, as RFC 9457 has it.
 *
 * @param code which problem it is; {@code type} is {@code /problems/<code>}
 * @param status HTTP status
 * @param title what it is, in a few words, the same each time
 * @param detail what it is this time, and what to do; no internals
 * @param violations the parameters that are wrong; empty when it is not about parameters
 * @param headers headers of the answer beside {@code Content-Type}
 */
public record Problem(
        String code,
        int status,
        String title,
        String detail,
        List<Violation> violations,
        Map<String, String> headers) {

    /** The media type of problems. */
    public static final String MEDIA_TYPE = "application/problem+json";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * One wrong parameter.
     *
     * @param parameter its name
     * @param detail what is wrong and what is allowed
     */
    public record Violation(String parameter, String detail) {}

    /** 400: the caller has to change the named parameters. */
    public static Problem invalidParameters(List<Violation> violations) {
        return new Problem(
                "invalid-parameter",
                400,
                "Invalid parameter",
                String.join(
                        "; ",
                        violations.stream().map(v -> v.parameter() + ": " + v.detail()).toList()),
                List.copyOf(violations),
                Map.of());
    }

    /** 404: there is nothing of that name; {@code parameter} says which name. */
    public static Problem unknown(String what, String parameter, String detail) {
        return new Problem(
                "unknown-" + what,
                404,
                "Unknown " + what,
                detail,
                List.of(new Violation(parameter, detail)),
                Map.of());
    }

    /** 503: passes by itself; the caller comes back after {@code retryAfter}. */
    public static Problem unavailable(String code, String detail, Duration retryAfter) {
        return new Problem(
                code,
                503,
                "Temporarily unavailable",
                detail,
                List.of(),
                Map.of("Retry-After", Long.toString(Math.max(1, retryAfter.toSeconds()))));
    }

    /** Any other status, without particulars. */
    public static Problem ofStatus(int status, Map<String, String> headers) {
        return switch (status) {
            case 400 ->
                    plain(
                            status,
                            "bad-request",
                            "Bad request",
                            "The request is malformed.",
                            headers);
            case 404 ->
                    plain(
                            status,
                            "unknown-path",
                            "Unknown path",
                            "There is nothing at this path; /q/openapi lists what there is.",
                            headers);
            case 405 ->
                    plain(
                            status,
                            "method-not-allowed",
                            "Method not allowed",
                            "This path does not take this method; the Allow header lists those that it takes.",
                            headers);
            case 406 ->
                    plain(
                            status,
                            "not-acceptable",
                            "Not acceptable",
                            "No media type that the request accepts is to be had here.",
                            headers);
            case 413 ->
                    plain(
                            status,
                            "body-too-large",
                            "Body too large",
                            "The request's body is larger than what is read.",
                            headers);
            case 415 ->
                    plain(
                            status,
                            "unsupported-media-type",
                            "Unsupported media type",
                            "The request's body is of a type that is not read here.",
                            headers);
            default ->
                    status >= 500
                            ? plain(
                                    status,
                                    "internal",
                                    "Internal error",
                                    "The request failed; the log of the service says why.",
                                    headers)
                            : plain(
                                    status,
                                    "refused",
                                    "Request refused",
                                    "The request cannot be served.",
                                    headers);
        };
    }

    /** The body; {@code instance} is the request's path. */
    public byte[] json(String instance) {
        ObjectNode json = JSON.createObjectNode();
        json.put("type", "/problems/" + code);
        json.put("title", title);
        json.put("status", status);
        json.put("detail", detail);
        json.put("instance", Parameters.shown(instance));
        if (!violations.isEmpty()) {
            ArrayNode list = json.putArray("violations");
            for (Violation violation : violations) {
                list.addObject()
                        .put("parameter", violation.parameter())
                        .put("detail", violation.detail());
            }
        }
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of texts is always written", e);
        }
    }

    private static Problem plain(
            int status, String code, String title, String detail, Map<String, String> headers) {
        return new Problem(code, status, title, detail, List.of(), headers);
    }
}
