// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.problem;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A problem answer (RFC 9457).
 *
 * @param type type of the problem; {@code /problems/<code>} in JSON
 * @param status HTTP status
 * @param detail what is wrong in this request and what to do about it; no internals
 * @param violations the parameters that are wrong; empty if the problem is not about parameters
 * @param headers headers of the answer, in addition to {@code Content-Type}
 * @param members members of the body in addition to the standard ones, such as {@code position}
 */
public record Problem(
        ProblemType type,
        int status,
        String detail,
        List<Violation> violations,
        Map<String, String> headers,
        Map<String, String> members) {

    /** Schema of the body, as JSON Schema in YAML. */
    public static final String SCHEMA = """
            Problem:
              type: object
              description: RFC 9457
              required: [type, title, status, detail, instance]
              properties:
                type: {description: Path of a page that says what the problem means and what to do}
                title: {type: string}
                status: {type: integer}
                detail: {type: string}
                instance: {type: string, format: uri-reference, description: Path of the request}
                position: {type: string, description: "With not-yet: how far this process is"}
                command: {type: string, description: "With too-much-to-explain: the command that recomputes the result instead"}
                violations:
                  type: array
                  items:
                    type: object
                    required: [parameter, detail]
                    properties: {parameter: {type: string}, detail: {type: string}}
            """;

    /** The media type of problems. */
    public static final String MEDIA_TYPE = "application/problem+json";

    private static final Pattern NOT_IN_PATHS = Pattern.compile("[^!-~]");

    /** A wrong parameter: what is wrong and what is allowed. */
    public record Violation(String parameter, String detail) {}

    /** A problem of {@code type}; the caller sees {@code detail}. */
    public static Problem of(ProblemType type, String detail) {
        return new Problem(type, type.status(), detail, List.of(), Map.of(), Map.of());
    }

    /** A problem for an HTTP status of which no more is known. */
    public static Problem ofStatus(int status) {
        return ofStatus(status, Map.of());
    }

    /** The same with headers. */
    public static Problem ofStatus(int status, Map<String, String> headers) {
        ProblemType type = ProblemType.ofStatus(status);
        return new Problem(type, status, type.meaning() + " " + type.remedy(), List.of(), headers, Map.of());
    }

    /** 405: only these methods are allowed, as in a header {@code Allow}. */
    public static Problem notAllowed(String methods) {
        return ofStatus(405, Map.of("Allow", methods));
    }

    /** The same problem with {@code others} as its headers. */
    public Problem withHeaders(Map<String, String> others) {
        return new Problem(type, status, detail, violations, others, members);
    }

    /** The same problem with this member in the body, instead of any other additional member. */
    public Problem withMember(String name, String value) {
        return new Problem(type, status, detail, violations, headers, Map.of(name, value));
    }

    /**
     * The path as a URI reference (RFC 3986): other characters than printable ASCII are encoded, and a path that begins with two slashes,
     * which would read as a host, gets {@code /.} before it.
     */
    private static String reference(String path) {
        String encoded = NOT_IN_PATHS.matcher(path).replaceAll(found -> "%%%02X"
                .formatted((int) found.group().charAt(0)));
        return encoded.startsWith("//") ? "/." + encoded : encoded;
    }

    /** The body; {@code instance} is the request's path. */
    public byte[] json(String instance) {
        return tree(instance).toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The body as a tree; {@code instance} is the request's path. */
    public ObjectNode tree(String instance) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("type", "/problems/" + type.code());
        json.put("title", type.title());
        json.put("status", status);
        json.put("detail", detail);
        json.put("instance", reference(instance));
        members.forEach(json::put);
        if (!violations.isEmpty()) {
            ArrayNode list = json.putArray("violations");
            for (Violation violation : violations) {
                list.addObject().put("parameter", violation.parameter()).put("detail", violation.detail());
            }
        }
        return json;
    }
}
