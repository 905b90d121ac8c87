// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.openapi;

import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem.HttpMethod;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/** Adds the problems to the OpenAPI document: for each status the text of {@link ProblemType}, and to each operation the statuses that all share. */
final class DescribedProblems {

    private static final List<String> GENERAL = List.of("400", "401", "403", "406", "414", "421", "429", "431", "503");

    /** The header that a problem of a status has. */
    private static final Map<Integer, String> HEADERS =
            Map.of(401, "WWW-Authenticate", 429, "Retry-After", 503, "Retry-After");

    private DescribedProblems() {}

    static void addTo(Components components) {
        Arrays.stream(ProblemType.values())
                .collect(Collectors.groupingBy(ProblemType::status, TreeMap::new, Collectors.toList()))
                .forEach((status, types) -> components.addResponse("Problem" + status, problem(status, types)));
        components
                .getSchemas()
                .get("Problem")
                .getProperties()
                .get("type")
                .setEnumeration(List.copyOf(Arrays.stream(ProblemType.values())
                        .map(type -> "/problems/" + type.code())
                        .toList()));
    }

    private static APIResponse problem(int status, List<ProblemType> types) {
        ProblemType type = types.get(0);
        APIResponse response = OASFactory.createAPIResponse()
                .description(types.stream()
                        .map(one -> "`/problems/" + one.code() + "`: " + one.meaning())
                        .collect(Collectors.joining("\n\n")))
                .content(OASFactory.createContent()
                        .addMediaType(
                                Problem.MEDIA_TYPE,
                                OASFactory.createMediaType()
                                        .schema(OASFactory.createSchema().ref("Problem"))
                                        .example(Fragments.YAML.convertValue(
                                                Problem.of(type, type.meaning()).tree("/api/v1/windows"), Map.class))));
        if (HEADERS.containsKey(status)) {
            response.addHeader(
                    HEADERS.get(status),
                    OASFactory.createHeader().schema(OASFactory.createSchema().addType(SchemaType.STRING)));
        }
        DescribedAnswers.addRateLimits(response);
        return response;
    }

    static void describe(HttpMethod method, Operation operation) {
        Set<String> statuses = new TreeSet<>(GENERAL);
        if (method == HttpMethod.POST) {
            statuses.add("413");
        }
        if (ApiDocument.takes(operation, "atLeast")) {
            statuses.add("504");
        }
        statuses.forEach(status -> operation
                .getResponses()
                .addAPIResponse(status, OASFactory.createAPIResponse().ref("Problem" + status)));
    }
}
