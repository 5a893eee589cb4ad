package dnd.metrics.server.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dnd.metrics.events.EventTypes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The JSON Schemas of docs/asyncapi.yaml, by event type. */
final class EventSchemas {
  private static final Path CONTRACT = Path.of("..", "docs", "asyncapi.yaml");
  private final JsonNode contract;
  private final Map<String, Schema> byType = new HashMap<>();

  private EventSchemas(JsonNode contract) {
    this.contract = contract;
    JsonMapper mapper = JsonMapper.shared();
    SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    contract
        .get("components")
        .get("messages")
        .forEachEntry((type, message) -> {
          // References into the document work where the schema is the document.
          ObjectNode schema = mapper.createObjectNode();
          schema.set("components", contract.get("components"));
          schema.put("$ref", message.get("payload").get("$ref").stringValue());
          byType.put(type, registry.getSchema(schema.toString(), InputFormat.JSON));
        });
  }

  static EventSchemas load() throws Exception {
    Object tree =
        new Load(LoadSettings.builder().build()).loadFromString(Files.readString(CONTRACT));
    return new EventSchemas(JsonMapper.shared().valueToTree(tree));
  }

  JsonNode contract() {
    return contract;
  }

  /** An event that the service sent must be as the contract says. */
  void checkSent(JsonNode event) {
    check(event, event.get("type").stringValue(), "sent");
  }

  /**
   * An event that the service accepted must be one that the contract allows, which describes
   * requests under the singular form of their type.
   */
  void checkAccepted(JsonNode event) {
    String type = event.get("type").stringValue();
    String twin = EventTypes.twin(type);
    check(event, twin.length() < type.length() ? twin : type, "accepted");
  }

  private void check(JsonNode event, String type, String what) {
    Schema schema = byType.get(type);
    assertThat(schema).as("the schema of %s, which was %s", type, what).isNotNull();
    List<Error> errors = schema.validate(event.toString(), InputFormat.JSON);
    assertThat(errors).as("%s %s against its schema", what, event).isEmpty();
  }
}
