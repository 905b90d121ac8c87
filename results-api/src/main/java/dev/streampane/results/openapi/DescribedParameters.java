// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.openapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.results.aggregates.AggregateQuery;
import dev.streampane.results.alerts.AlertQuery;
import dev.streampane.results.alerts.AlertResource;
import dev.streampane.results.audit.AuditResource;
import dev.streampane.results.explain.ExplainResource;
import dev.streampane.results.jobs.KeyQuery;
import dev.streampane.results.live.StreamRequest;
import dev.streampane.results.problem.Parameter;
import dev.streampane.results.rejects.RejectsResource;
import dev.streampane.results.windows.HistoryResource;
import dev.streampane.results.windows.WindowQuery;
import dev.streampane.results.windows.WindowResource;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.models.Operation;

/** Adds to each operation of the OpenAPI document the parameters that its code reads. */
final class DescribedParameters {

    private static final Map<String, List<Parameter<?>>> BY_OPERATION = Map.ofEntries(
            Map.entry("findKeys", KeyQuery.PARAMETERS),
            Map.entry("findWindows", WindowQuery.PARAMETERS),
            Map.entry("aggregateWindows", AggregateQuery.PARAMETERS),
            Map.entry("getWindow", WindowResource.ONE),
            Map.entry("getWindowHistory", HistoryResource.ALL),
            Map.entry("explainWindow", ExplainResource.ONE),
            Map.entry("findAlerts", AlertQuery.PARAMETERS),
            Map.entry("getAlert", AlertResource.ONE),
            Map.entry("streamWindows", StreamRequest.PARAMETERS),
            Map.entry("getAudit", AuditResource.AUDIT),
            Map.entry("getWatermarks", AuditResource.WATERMARKS),
            Map.entry("findDeadLetters", RejectsResource.DEAD_LETTERS),
            Map.entry("findLateRecords", RejectsResource.LATE),
            Map.entry("findRecords", RejectsResource.RECORDS));

    private DescribedParameters() {}

    static void describe(Operation operation) {
        List<Parameter<?>> parameters = BY_OPERATION.get(operation.getOperationId());
        if (parameters != null) {
            operation.setParameters(
                    parameters.stream().map(DescribedParameters::described).toList());
        }
    }

    private static org.eclipse.microprofile.openapi.models.parameters.Parameter described(Parameter<?> parameter) {
        ObjectNode described = Fragments.YAML
                .createObjectNode()
                .put("in", parameter.in())
                .put("name", parameter.name())
                .put("description", parameter.description());
        described.set("schema", Fragments.YAML.valueToTree(parameter.schema()));
        parameter.example().ifPresent(value -> described.set("example", Fragments.YAML.valueToTree(value)));
        if (parameter.required()) {
            described.put("required", true);
        }
        if (parameter.named().isPresent()) {
            described.put("style", "form").put("explode", true);
        }
        return Fragments.components(
                        "parameters", Fragments.YAML.createObjectNode().set("one", described))
                .getParameters()
                .get("one");
    }
}
