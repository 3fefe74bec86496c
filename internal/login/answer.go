package login

// answerV1 is the v1 token response, with numbers as strings. Order: the Partner Center docs' sample.
type answerV1 struct {
	TokenType    string `json:"token_type"`
	Scope        string `json:"scope,omitzero"`
	ExpiresIn    int64  `json:"expires_in,string"`
	ExtExpiresIn int64  `json:"ext_expires_in,string"`
	ExpiresOn    int64  `json:"expires_on,string"`
	NotBefore    int64  `json:"not_before,string"`
	Resource     string `json:"resource"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitzero"`
	IDToken      string `json:"id_token,omitzero"`
}

func (m *minted) answerV1(t *target) *answerV1 {
	return &answerV1{
		TokenType:    "Bearer",
		Scope:        t.scope,
		ExpiresIn:    m.seconds,
		ExtExpiresIn: m.seconds,
		ExpiresOn:    m.life.Expires,
		NotBefore:    m.life.NotBefore,
		Resource:     t.resource,
		AccessToken:  m.access,
		RefreshToken: m.refresh,
		IDToken:      m.id,
	}
}

// answerV2 is the v2 token response.
type answerV2 struct {
	TokenType    string `json:"token_type"`
	Scope        string `json:"scope,omitzero"`
	ExpiresIn    int64  `json:"expires_in"`
	ExtExpiresIn int64  `json:"ext_expires_in"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitzero"`
	IDToken      string `json:"id_token,omitzero"`
	ClientInfo   string `json:"client_info,omitzero"`
}

func (m *minted) answerV2(t *target, clientInfo string) *answerV2 {
	return &answerV2{
		TokenType:    "Bearer",
		Scope:        t.granted,
		ExpiresIn:    m.seconds,
		ExtExpiresIn: m.seconds,
		AccessToken:  m.access,
		RefreshToken: m.refresh,
		IDToken:      m.id,
		ClientInfo:   clientInfo,
	}
}
